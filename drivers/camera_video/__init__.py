"""A video file in the place of a camera."""

from agent.core.device import Kind
from agent.core.duty import Camera
from drivers.camera_video.driver import VideoFile, VideoSettings

KIND: Kind[VideoSettings, Camera] = Kind(
    name="video",
    what="a video file, at its own pace or frame by frame",
    settings=VideoSettings,
    build=VideoFile,
)

"""A network camera that speaks RTSP."""

from agent.core.device import Kind
from agent.core.duty import Camera
from drivers.camera_rtsp.driver import RtspCamera, RtspSettings

KIND: Kind[RtspSettings, Camera] = Kind(
    name="rtsp",
    what="a network camera (RTSP); the newest frame wins",
    settings=RtspSettings,
    build=RtspCamera,
)

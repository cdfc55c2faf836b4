"""A folder of pictures in the place of a camera."""

from agent.core.device import Kind
from agent.core.duty import Camera
from drivers.camera_pictures.driver import PictureFolder, PicturesSettings

KIND: Kind[PicturesSettings, Camera] = Kind(
    name="pictures",
    what="a picture, a folder or a pattern of pictures; each one counts and stands alone",
    settings=PicturesSettings,
    build=PictureFolder,
)

"""The only code that opens a device file, a picture, a video or a stream."""

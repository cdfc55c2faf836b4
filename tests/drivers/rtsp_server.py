"""A real RTSP server, GStreamer's, run with the system's Python as an independent peer.

    rtsp_server.py PORT open|locked

Prints `port N` once it listens; port 0 is any free one. `/bars` shows SMPTE bars in H.264,
`/mjpeg` the same in JPEG. A locked server wants the login `technician`, password `s3cr3t`.
Debian: python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base
gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly (x264enc).
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - versions come first

_BARS = "videotestsrc is-live=true pattern=smpte ! video/x-raw,format=I420,framerate=25/1"
_LAUNCHES = {
    # 322 is no multiple of what decoders align rows to, so that a stride is seen
    "/bars": f"( {_BARS},width=322,height=240 ! x264enc tune=zerolatency speed-preset=ultrafast "
    "key-int-max=25 bitrate=2000 ! rtph264pay name=pay0 pt=96 config-interval=1 )",
    "/mjpeg": f"( {_BARS},width=320,height=240 ! jpegenc quality=95 ! rtpjpegpay name=pay0 pt=26 )",
}


def _token(role: str) -> GstRtspServer.RTSPToken:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", role)
    return token


def main(port: str, lock: str) -> None:
    """Serve until killed."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest("technician", "s3cr3t", _token("viewer"))
    if lock == "open":
        auth.set_default_token(_token("viewer"))
    server.set_auth(auth)
    mounts = server.get_mount_points()
    for path, launch in _LAUNCHES.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch)
        factory.set_shared(True)
        allowed = GstRtspServer.RTSPPermissions()
        for right in ("media.factory.access", "media.factory.construct"):
            allowed.add_permission_for_role("viewer", right, True)
        factory.set_permissions(allowed)
        mounts.add_factory(path, factory)
    server.attach(None)
    print("port", server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Whether EEVEE can render here: it needs OpenGL, and Blender ends without a word where it asks for it in vain."""

from __future__ import annotations

import ctypes
import sys

from ..design.design import ImageSettings
from ..design.errors import ToolError

OPENGL = "OpenGL"
_OPENGL_API = 0x30A2
_SURFACELESS = 0x31DD  # Mesa's platform for displays that show nothing


def check_engine(image: ImageSettings) -> None:
    """Raise ToolError where the images' engine is EEVEE, and this machine has no OpenGL for it."""
    if image.engine == "eevee" and not has_opengl():
        raise ToolError(
            "EEVEE needs OpenGL, and there is none here (EGL does not answer): install the GPU's driver or, slow, "
            "Mesa's (Debian: libegl1 libgl1-mesa-dri), or render with --renderer cycles"
        )


def has_opengl() -> bool:
    """Whether EEVEE can draw without a window. Elsewhere than on Linux there is always OpenGL or Metal.

    Asked is EGL, for a display; it stays initialised, as Blender shares it.
    """
    if sys.platform != "linux":
        return True
    try:
        egl = ctypes.CDLL("libEGL.so.1")
        displays = (egl.eglGetDisplay, egl.eglGetPlatformDisplay)
    except (OSError, AttributeError):
        return False
    egl.eglInitialize.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    for display in displays:
        display.restype = ctypes.c_void_p
    displays[0].argtypes = (ctypes.c_void_p,)
    displays[1].argtypes = (ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)
    found = (displays[0](None), displays[1](_SURFACELESS, None, None))
    return any(one and egl.eglInitialize(one, None, None) for one in found) and bool(egl.eglBindAPI(_OPENGL_API))

"""How different two colours look, to people with normal and with colour-blind eyes.

Colour blindness after Machado, Oliveira and Fernandes (2009), complete form; distances by CIEDE2000 (Sharma, Wu and
Dalal 2005), where about 1 is just noticeable side by side and 10 is plain at a glance; contrast as WCAG 2.1 has it.
All functions take arrays of sRGB colours from 0 to 1, shape (..., 3).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

VISIONS: dict[str, Floats] = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _XYZ.sum(axis=1)


def rgb(colour: str) -> Floats:
    """``#rrggbb`` as three numbers."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0


def linear(colours: Floats) -> Floats:
    """sRGB without its gamma."""
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def contrast(one: Floats, other: Floats) -> Floats:
    """The ratio of luminances, from 1 to 21."""
    first, second = linear(one) @ _XYZ[1] + 0.05, linear(other) @ _XYZ[1] + 0.05
    return np.asarray(np.maximum(first, second) / np.minimum(first, second))


def lab(colours: Floats, vision: str = "normal") -> Floats:
    """CIE L*a*b* (D65) of what such eyes see."""
    seen = np.clip(linear(colours) @ VISIONS[vision].T, 0.0, 1.0)
    ratio = seen @ _XYZ.T / _WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(one: Floats, other: Floats) -> Floats:
    """CIEDE2000 of two arrays of L*a*b* colours."""
    l1, l2 = one[..., 0], other[..., 0]
    mean_c = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    a1, a2 = one[..., 1] * stretch, other[..., 1] * stretch
    c1, c2 = np.hypot(a1, one[..., 2]), np.hypot(a2, other[..., 2])
    h1, h2 = np.degrees(np.arctan2(one[..., 2], a1)) % 360, np.degrees(np.arctan2(other[..., 2], a2)) % 360

    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + 180) % 360 - 180)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    hue = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    chroma, light = (c1 + c2) / 2, (l1 + l2) / 2

    def cos(factor: int, shift: int) -> Floats:
        return np.asarray(np.cos(np.radians(factor * hue + shift)))

    t = 1 - 0.17 * cos(1, -30) + 0.24 * cos(2, 0) + 0.32 * cos(3, 6) - 0.20 * cos(4, -63)
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rotation = (
        -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    )
    d_l, d_c, d_h = (l2 - l1) / s_l, (c2 - c1) / s_c, d_h / s_h
    return np.asarray(np.sqrt(np.maximum(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h, 0.0)))


def least_difference(one: Floats, other: Floats) -> Floats:
    """CIEDE2000 for those eyes that see the least of it."""
    return np.asarray(np.min([difference(lab(one, vision), lab(other, vision)) for vision in VISIONS], axis=0))

"""The small parts that all pages are made of: native HTML that works with keyboard and reader.

Each is a Solara component. Those that hold others are used with `with`. Their look is in
`assets/custom.css`, their words in the catalogue.
"""

from simulation.browser.parts.controls import (
    Button,
    Checkbox,
    Choice,
    NumberField,
    Select,
    Slider,
    TextField,
)
from simulation.browser.parts.files import Copy, Download, FileField
from simulation.browser.parts.text import (
    Answer,
    Dialog,
    Disclosure,
    Heading,
    Html,
    Link,
    Notice,
    Progress,
    Region,
    Section,
    Table,
    Text,
    Title,
)
from simulation.browser.parts.twice import Once

__all__ = [
    "Answer",
    "Button",
    "Checkbox",
    "Choice",
    "Copy",
    "Dialog",
    "Disclosure",
    "Download",
    "FileField",
    "Heading",
    "Html",
    "Link",
    "Notice",
    "NumberField",
    "Once",
    "Progress",
    "Region",
    "Section",
    "Select",
    "Slider",
    "Table",
    "Text",
    "TextField",
    "Title",
]

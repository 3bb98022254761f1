"""What a document may load while it is drawn: the typefaces, and pictures that this process has made itself.

A document is built from what people typed. Whatever slips through, no address outside may be asked and no
file of the machine may be read; an attempt fails the whole job and is named, because a document that lacks a
part is no document.
"""

from xml.etree.ElementTree import Element

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.rendering.fonts import font_folder, unpacked

#: Attributes by which an element asks for something; by the first an `a` only leads there.
_NAMES_OF_ADDRESSES = ("href", "{http://www.w3.org/1999/xlink}href", "src", "data")


class RefusedAddress(RuntimeError):
    """The document asked for an address that is not its own."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        super().__init__(f"the document asked for {', '.join(addresses)}")


class BundledFilesOnly(URLFetcher):
    """Answers `app:fonts/NAME` and the pictures it was given; refuses everything else and remembers it.

    It remembers because an inline SVG swallows the error: whoever draws must look at `refused` afterwards.
    """

    def __init__(self, *, pictures: dict[str, bytes]) -> None:
        super().__init__()
        self.pictures = pictures
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        kind, _, name = url.removeprefix("app:").partition("/")
        if url.startswith("app:"):
            if kind == "fonts" and name in {path.name for path in font_folder().glob("*.woff2")}:
                return URLFetcherResponse(url, body=unpacked(name), headers={"Content-Type": "font/ttf"})
            if kind == "pictures" and name in self.pictures:
                return URLFetcherResponse(url, body=self.pictures[name], headers={"Content-Type": "image/svg+xml"})
        self.refused.append(url)
        raise FatalURLFetchingError(url)

    def look_over(self, root: Element) -> None:
        """Remembers the addresses that the library would pass over without a word: what they name would be missing."""
        for element in root.iter():
            if str(element.tag).rpartition("}")[2] != "a":
                named = (element.get(name, "") for name in _NAMES_OF_ADDRESSES)
                self.refused += [address for address in named if address and not address.startswith(("#", "app:"))]

    def insist(self) -> None:
        """Raise `RefusedAddress` if anything was refused."""
        if self.refused:
            raise RefusedAddress(self.refused)

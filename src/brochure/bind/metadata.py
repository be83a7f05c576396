"""What a file says about itself: the document information and its XMP twin.

XMP is written by hand, uncompressed and in one `rdf:RDF` block, so that it is the same bytes on
every run and both conformance claims stand in it (ISO 19005-2, 6.6; ISO 14289-1, 5).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import pikepdf


@dataclass(frozen=True)
class Metadata:
    """Title, author, language and date of an edition; nothing is read from the clock."""

    title: str
    subject: str
    author: str
    languages: tuple[str, ...]
    date: datetime.date
    producer: str


# The schema of pdfuaid is not among those that PDF/A knows, so it is described in place
# (ISO 19005-2, 6.6.2.3).
_UA_SCHEMA = """
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
     <pdfaProperty:name>part</pdfaProperty:name>
     <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
     <pdfaProperty:category>internal</pdfaProperty:category>
     <pdfaProperty:description>Part of ISO 14289 conformed to</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>"""

# What a screen file claims to be: PDF/A-2a and PDF/UA-1.
SCREEN_CLAIMS = f"""
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>A</pdfaid:conformance>
   <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>{_UA_SCHEMA}"""

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt>
    <rdf:li xml:lang="x-default">{title}</rdf:li>
    <rdf:li xml:lang={lang}>{title}</rdf:li>
   </rdf:Alt></dc:title>
   <dc:description><rdf:Alt>
    <rdf:li xml:lang="x-default">{subject}</rdf:li>
   </rdf:Alt></dc:description>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag>{languages}</rdf:Bag></dc:language>
   <xmp:CreateDate>{date}</xmp:CreateDate>
   <xmp:ModifyDate>{date}</xmp:ModifyDate>
   <xmp:MetadataDate>{date}</xmp:MetadataDate>
   <xmp:CreatorTool>{producer}</xmp:CreatorTool>
   <pdf:Producer>{producer}</pdf:Producer>
  </rdf:Description>{claims}
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def write_metadata(pdf: pikepdf.Pdf, metadata: Metadata, claims: str) -> None:
    """Write the document information, its XMP twin with `claims`, and the catalog's language."""
    xmp = _XMP.format(
        title=escape(metadata.title),
        lang=quoteattr(metadata.languages[0]),
        subject=escape(metadata.subject),
        author=escape(metadata.author),
        languages="".join(f"<rdf:li>{escape(tag)}</rdf:li>" for tag in metadata.languages),
        date=f"{metadata.date.isoformat()}T00:00:00Z",
        producer=escape(metadata.producer),
        claims=claims,
    )
    stream = pikepdf.Stream(pdf, xmp.encode())
    stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root.Metadata = pdf.make_indirect(stream)
    pdf.Root.Lang = pikepdf.String(metadata.languages[0])
    stamp = f"D:{metadata.date:%Y%m%d}000000Z"
    pdf.trailer.Info = pdf.make_indirect(
        pikepdf.Dictionary(
            Title=pikepdf.String(metadata.title),
            Subject=pikepdf.String(metadata.subject),
            Author=pikepdf.String(metadata.author),
            Creator=pikepdf.String(metadata.producer),
            Producer=pikepdf.String(metadata.producer),
            CreationDate=pikepdf.String(stamp),
            ModDate=pikepdf.String(stamp),
        )
    )

//! A small language to describe the layout of an answer on the wire.

/// The layout of one message: which versions are described, since which version
/// it is in the flexible form (KIP-482), and its fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The lowest version described.
    pub(crate) min: i16,
    /// The highest version described.
    pub(crate) max: i16,
    /// The first version with compact lengths and tagged fields.
    pub(crate) flexible: i16,
    /// The fields in the order of the wire.
    pub(crate) fields: &'static [Field],
    /// Fields that are sent by tag in flexible versions, at the end of the message.
    pub(crate) tagged: &'static [(u32, Kind)],
    /// Whether bytes after the last field are allowed (embedded, versioned blobs).
    pub(crate) open_end: bool,
}

/// A version number that no message reaches: "never flexible".
pub(crate) const NEVER: i16 = i16::MAX;

impl Shape {
    /// A message in versions `min..=max`, flexible since `flexible`.
    pub(crate) const fn new(min: i16, max: i16, flexible: i16, fields: &'static [Field]) -> Self {
        Self { min, max, flexible, fields, tagged: &[], open_end: false }
    }

    /// Adds fields sent by tag.
    pub(crate) const fn tagged(mut self, tagged: &'static [(u32, Kind)]) -> Self {
        self.tagged = tagged;
        self
    }

    /// Allows bytes after the last field.
    pub(crate) const fn open_end(mut self) -> Self {
        self.open_end = true;
        self
    }
}

/// The type of a value on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// So many bytes, whatever is in them.
    Fixed(usize),
    /// UTF-8 text with a 16-bit or compact length.
    Text,
    /// Bytes with a 32-bit or compact length.
    Blob,
    /// An array of plain values.
    Values(&'static Kind),
    /// An array of structures.
    Structs(&'static [Field]),
    /// An array of structures that have tagged fields of their own.
    TaggedStructs(&'static [Field], &'static [(u32, Kind)]),
    /// One structure.
    Struct(&'static [Field]),
}

/// One byte: int8 or boolean.
pub(crate) const I8: Kind = Kind::Fixed(1);
/// int16 or uint16.
pub(crate) const I16: Kind = Kind::Fixed(2);
/// int32.
pub(crate) const I32: Kind = Kind::Fixed(4);
/// int64.
pub(crate) const I64: Kind = Kind::Fixed(8);
/// A UUID.
pub(crate) const UUID: Kind = Kind::Fixed(16);

/// One field of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its name in the protocol's schema, for messages about garbage.
    pub(crate) name: &'static str,
    /// Its type.
    pub(crate) kind: Kind,
    /// The first version that has it.
    pub(crate) since: i16,
    /// The last version that has it.
    pub(crate) until: i16,
    /// Whether it may be null.
    pub(crate) nullable: bool,
}

/// A field that every version has.
pub(crate) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, since: 0, until: i16::MAX, nullable: false }
}

impl Field {
    /// The first version that has it.
    pub(crate) const fn since(mut self, version: i16) -> Self {
        self.since = version;
        self
    }

    /// The last version that has it.
    pub(crate) const fn until(mut self, version: i16) -> Self {
        self.until = version;
        self
    }

    /// It may be null.
    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}

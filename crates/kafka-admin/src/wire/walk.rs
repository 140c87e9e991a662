//! Checks every length in an answer before anything is decoded.
//!
//! The decoder of `kafka-protocol` reserves memory for as many elements as the
//! wire announces. The walker goes through the same bytes without reserving
//! anything, so that an announced length is believed only when the elements are there.
//! It also adds up what the decoded answer will take: small elements grow on their way into memory.

use super::shape::{Field, Kind, Shape};

/// The most memory one decoded answer may take, in bytes: twice the largest answer accepted by default.
///
/// A partition with three replicas takes about 230 bytes of it in Metadata, and about 130 in OffsetFetch: a cluster
/// of 200,000 partitions is read with half of it to spare.
pub(crate) const MEMORY: usize = 128 * 1024 * 1024;

/// What an allocation takes beside what is in it.
const ALLOCATION: usize = 16;
/// What a tagged field takes that is not known: it is kept in a map, whose first node has room for eleven.
const UNKNOWN_TAG: usize = 512;

/// Walks `body`, a message of this shape and version. How much memory it takes once it is decoded.
///
/// # Errors
/// What is wrong, and in which field.
pub(crate) fn walk(shape: &Shape, version: i16, body: &[u8]) -> Result<usize, String> {
    if version < shape.min || version > shape.max {
        return Err(format!("version {version} is not described"));
    }
    let mut walker = Walker { rest: body, version, flexible: version >= shape.flexible, left: MEMORY };
    walker.take(in_memory(shape.fields, shape.tagged))?;
    walker.structure(shape.fields, shape.tagged)?;
    if walker.rest.is_empty() || shape.open_end {
        return Ok(MEMORY - walker.left);
    }
    Err(format!("{} bytes after the last field", walker.rest.len()))
}

struct Walker<'a> {
    rest: &'a [u8],
    version: i16,
    flexible: bool,
    /// What is left of the memory.
    left: usize,
}

impl Walker<'_> {
    fn structure(&mut self, fields: &[Field], tagged: &[(u32, Kind)]) -> Result<(), String> {
        for field in fields {
            if self.version < field.since || self.version > field.until {
                continue;
            }
            self.value(field.kind, field.nullable).map_err(|why| format!("{}: {why}", field.name))?;
        }
        if self.flexible {
            self.tags(tagged).map_err(|why| format!("tags: {why}"))?;
        }
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| format!("it takes more than {MEMORY} bytes of memory"))?;
        Ok(())
    }

    fn value(&mut self, kind: Kind, nullable: bool) -> Result<(), String> {
        match kind {
            Kind::Fixed(size) => self.skip(size).map(|_| ()),
            Kind::Struct(fields) => self.structure(fields, &[]),
            Kind::Text => {
                let Some(length) = self.length(2, nullable)? else {
                    return Ok(());
                };
                let text = self.skip(length)?;
                std::str::from_utf8(text).map(|_| ()).map_err(|_| "not UTF-8".to_owned())
            }
            Kind::Blob => match self.length(4, nullable)? {
                Some(length) => self.skip(length).map(|_| ()),
                None => Ok(()),
            },
            Kind::Values(inner) => self.array(nullable, inline(*inner), |walker| walker.value(*inner, false)),
            Kind::Structs(fields) => {
                self.array(nullable, in_memory(fields, &[]), |walker| walker.structure(fields, &[]))
            }
            Kind::TaggedStructs(fields, tagged) => {
                self.array(nullable, in_memory(fields, tagged), |walker| walker.structure(fields, tagged))
            }
        }
    }

    fn array(
        &mut self,
        nullable: bool,
        size: usize,
        mut element: impl FnMut(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let Some(length) = self.length(4, nullable)? else {
            return Ok(());
        };
        // Each element takes at least one byte: a longer array cannot be real.
        if length > self.rest.len() {
            return Err(format!("{length} elements announced, {} bytes left", self.rest.len()));
        }
        if length > 0 {
            self.take(ALLOCATION)?;
        }
        for index in 0..length {
            self.take(size)?;
            element(self).map_err(|why| format!("[{index}] {why}"))?;
        }
        Ok(())
    }

    /// A length in the form of this version; `None` is null.
    fn length(&mut self, width: usize, nullable: bool) -> Result<Option<usize>, String> {
        let length = if self.flexible {
            i64::from(self.varint()?) - 1
        } else {
            let bytes = self.skip(width)?;
            match *bytes {
                [a, b] => i64::from(i16::from_be_bytes([a, b])),
                [a, b, c, d] => i64::from(i32::from_be_bytes([a, b, c, d])),
                _ => return Err("no such length".to_owned()),
            }
        };
        match length {
            -1 if nullable => Ok(None),
            -1 => Err("null where a value must be".to_owned()),
            length => usize::try_from(length).map(Some).map_err(|_| format!("negative length {length}")),
        }
    }

    fn tags(&mut self, known: &[(u32, Kind)]) -> Result<(), String> {
        let count = self.varint()?;
        for _ in 0..count {
            let tag = self.varint()?;
            let size = self.varint()?;
            let size = usize::try_from(size).map_err(|_| "too long".to_owned())?;
            let Some((_, kind)) = known.iter().find(|(number, _)| *number == tag) else {
                self.take(UNKNOWN_TAG)?;
                self.skip(size)?;
                continue;
            };
            // The decoder reads a known tag by its type and ignores the announced size.
            let before = self.rest.len();
            self.value(*kind, false)?;
            if before - self.rest.len() != size {
                return Err(format!("tag {tag} is not {size} bytes long"));
            }
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<u32, String> {
        let mut value: u64 = 0;
        for shift in 0..5 {
            let byte = self.skip(1)?.first().copied().unwrap_or_default();
            value |= u64::from(byte & 0x7f) << (shift * 7);
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| "varint over 32 bits".to_owned());
            }
        }
        Err("varint over 5 bytes".to_owned())
    }

    fn skip(&mut self, size: usize) -> Result<&[u8], String> {
        let Some((head, tail)) = self.rest.split_at_checked(size) else {
            return Err(format!("{size} bytes wanted, {} left", self.rest.len()));
        };
        self.rest = tail;
        Ok(head)
    }
}

/// A decoded structure with what is in it at fixed size, and the map of its unknown tags; in whatever version it came,
/// it has the fields of all, and perhaps one of a newer version than those described here.
pub(super) fn in_memory(fields: &[Field], tagged: &[(u32, Kind)]) -> usize {
    let kinds = fields.iter().map(|field| field.kind).chain(tagged.iter().map(|(_, kind)| *kind));
    kinds.map(inline).sum::<usize>().next_multiple_of(8) + 24 + 16
}

/// A decoded value within its structure; texts and blobs stay where they are in the frame.
fn inline(kind: Kind) -> usize {
    match kind {
        Kind::Fixed(size) => size,
        Kind::Text | Kind::Blob => 32,
        Kind::Values(_) | Kind::Structs(_) | Kind::TaggedStructs(..) => 24,
        Kind::Struct(fields) => in_memory(fields, &[]),
    }
}

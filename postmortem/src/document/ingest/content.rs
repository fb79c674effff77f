//! The contents that blocks of an update may carry: words, single values, texts and maps. Everything else that the
//! encoding knows (formatting, embeds, binary, sub-documents, arrays, XML, links) is refused by name.

use super::{IngestError, LAST_CLOCK};
use crate::lib0::Cursor;
use crate::limits;
use crate::schema::Scalar;

/// What a block carries, as far as its place depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Words,
    /// One value of a map.
    Value,
    Map,
    /// A shared text.
    Text,
    /// Something that was deleted.
    Deleted,
}

/// Reads the content of a block by its reference number; its kind and its length in clocks.
pub(super) fn read(cursor: &mut Cursor<'_>, reference: u8) -> Result<(Kind, u32), IngestError> {
    match reference {
        1 => {
            let length = cursor.number()?;
            let fits = (1..LAST_CLOCK).contains(&length);
            if fits { Ok((Kind::Deleted, length as u32)) } else { Err(IngestError::TooLarge) }
        }
        4 => {
            let text = cursor.text()?;
            let length = crate::text::utf16_length(text);
            if length == 0 { Err(IngestError::Malformed) } else { Ok((Kind::Words, length)) }
        }
        7 => match cursor.number()? {
            1 => Ok((Kind::Map, 1)),
            2 => Ok((Kind::Text, 1)),
            _ => Err(IngestError::ForeignContent),
        },
        8 => {
            if cursor.number()? != 1 {
                return Err(IngestError::ForeignContent);
            }
            value(cursor)?;
            Ok((Kind::Value, 1))
        }
        2 | 3 | 5 | 6 | 9 | 11 => Err(IngestError::ForeignContent),
        _ => Err(IngestError::Malformed),
    }
}

/// The value at the beginning of these bytes: what [`read`] took for a [`Kind::Value`].
pub(super) fn scalar(content: &[u8]) -> Result<Scalar<'_>, IngestError> {
    let mut cursor = Cursor::new(content);
    // The count, which is one.
    cursor.number()?;
    value(&mut cursor)
}

/// One scalar. Lists, objects and bytes are in no shape of ours, and leaving them out leaves nothing to recurse into.
fn value<'a>(cursor: &mut Cursor<'a>) -> Result<Scalar<'a>, IngestError> {
    match cursor.byte()? {
        126 | 127 => Ok(Scalar::Nothing),
        120 | 121 => Ok(Scalar::Flag),
        119 => {
            let words = cursor.text()?;
            if words.len() > limits::VALUE { Err(IngestError::TooLong) } else { Ok(Scalar::Words(words)) }
        }
        // A signed number of variable length: like an unsigned one, with the sign in the first byte. What it is makes no
        // difference, as long as it is one.
        125 => Ok(Scalar::Number(cursor.number()? as f64)),
        124 => Ok(Scalar::Number(f32::from_be_bytes(bytes(cursor)?).into())),
        123 => Ok(Scalar::Number(f64::from_be_bytes(bytes(cursor)?))),
        122 => Ok(Scalar::Number(i64::from_be_bytes(bytes(cursor)?) as f64)),
        116..=118 => Err(IngestError::ForeignContent),
        _ => Err(IngestError::Malformed),
    }
}

fn bytes<const LENGTH: usize>(cursor: &mut Cursor<'_>) -> Result<[u8; LENGTH], IngestError> {
    cursor.take(LENGTH)?.try_into().map_err(|_| IngestError::Malformed)
}

//! The contents that blocks of an update may carry: words, single values, texts and maps. Everything else that the
//! encoding knows (formatting, embeds, binary, sub-documents, arrays, XML, links) is refused by name.

use super::{IngestError, LAST_CLOCK};
use crate::limits;
use crate::wire::Cursor;

/// What a block carries, as far as its place depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Words,
    /// One value of a map.
    Value,
    /// A map.
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

/// One scalar. Lists, objects and bytes are in no shape of ours, and leaving them out leaves nothing to recurse into.
fn value(cursor: &mut Cursor<'_>) -> Result<(), IngestError> {
    match cursor.byte()? {
        120 | 121 | 126 | 127 => Ok(()),
        119 => {
            if cursor.text()?.len() > limits::VALUE {
                return Err(IngestError::TooLong);
            }
            Ok(())
        }
        // A signed number of variable length: like an unsigned one, with the sign in the first byte.
        125 => Ok(cursor.number().map(drop)?),
        124 => Ok(cursor.take(4).map(drop)?),
        122 | 123 => Ok(cursor.take(8).map(drop)?),
        116..=118 => Err(IngestError::ForeignContent),
        _ => Err(IngestError::Malformed),
    }
}

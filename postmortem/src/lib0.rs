//! lib0, the encoding of Yjs and its protocols, from bytes that may say anything.

/// Bytes that are not what lib0 writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lib0Error {
    /// They end inside of something.
    #[error("The bytes end too early.")]
    Truncated,
    /// A number is larger than any number of the protocol, or longer than it has to be.
    #[error("The bytes hold a number that is too long.")]
    Overlong,
    /// Text that is not UTF-8, or a value of no known kind.
    #[error("The bytes hold something that cannot be read.")]
    Unreadable,
}

pub(crate) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub(crate) fn put_block(bytes: &mut Vec<u8>, block: &[u8]) {
    put_number(bytes, block.len() as u64);
    bytes.extend_from_slice(block);
}

/// Reads lib0's encoding from bytes that may say anything.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len()
    }

    pub fn byte(&mut self) -> Result<u8, Lib0Error> {
        let (first, rest) = self.bytes.split_first().ok_or(Lib0Error::Truncated)?;
        self.bytes = rest;
        Ok(*first)
    }

    /// A variable-length unsigned number below 2^53, which is as far as JavaScript counts. Each number has one form, the
    /// shortest: other readers do not agree on what the longer ones mean.
    pub fn number(&mut self) -> Result<u64, Lib0Error> {
        let mut number = 0_u64;
        for position in 0..8 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                let is_shortest = byte != 0 || position == 0;
                return if is_shortest && number < 1 << 53 { Ok(number) } else { Err(Lib0Error::Overlong) };
            }
        }
        Err(Lib0Error::Overlong)
    }

    /// A number that is followed by that many bytes.
    pub fn block(&mut self) -> Result<&'a [u8], Lib0Error> {
        let length = self.number()?;
        self.take(usize::try_from(length).map_err(|_| Lib0Error::Overlong)?)
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Lib0Error> {
        if length > self.bytes.len() {
            return Err(Lib0Error::Truncated);
        }
        let (block, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        Ok(block)
    }

    pub fn text(&mut self) -> Result<&'a str, Lib0Error> {
        std::str::from_utf8(self.block()?).map_err(|_| Lib0Error::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_that_javascript_cannot_count_to_is_none() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, 1 << 53);
        assert_eq!(Cursor::new(&bytes).number(), Err(Lib0Error::Overlong));
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_they_were_written(number in 0_u64..(1 << 53)) {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number);
            prop_assert_eq!(Cursor::new(&bytes).number(), Ok(number));
        }
    }
}

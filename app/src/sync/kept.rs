//! What the storage of a browser keeps beside the rows of a copy, by name.

/// The name of a row that another tab keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey(pub String);

/// A file with text that would have been lost, until its person has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its place in the storage; none where it is only in this page.
    pub key: Option<u32>,
    /// The name under which it is downloaded.
    pub name: String,
    /// Why the server did not take the text.
    pub reason: String,
    pub text: String,
}

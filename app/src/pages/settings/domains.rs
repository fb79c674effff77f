//! Mail domains as they are typed: in a line, with spaces or commas between them.

pub fn domains(typed: &str) -> Vec<String> {
    let parts = typed.split(|character: char| character.is_whitespace() || ",;".contains(character));
    parts.filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_typed_as_people_write_lists() {
        let typed = domains(" harbour.example,pier.example;  quay.example ");
        assert_eq!(typed, ["harbour.example", "pier.example", "quay.example"]);
        assert_eq!(domains(" , "), Vec::<String>::new());
    }
}

//! The incidents that a newcomer can open as an example: public ones, from what was written about them at the time.

/// An example incident.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The name under which it is asked for.
    pub name: &'static str,
    /// The incident file.
    pub json: &'static str,
}

/// All of them, the one with the fullest timeline first.
pub const EXAMPLES: [Example; 5] = [
    Example { name: "github-2018-10-21", json: include_str!("../examples/github-2018-10-21.json") },
    Example { name: "gitlab-2017-01-31", json: include_str!("../examples/gitlab-2017-01-31.json") },
    Example { name: "facebook-2021-10-04", json: include_str!("../examples/facebook-2021-10-04.json") },
    Example { name: "cloudflare-2019-07-02", json: include_str!("../examples/cloudflare-2019-07-02.json") },
    Example { name: "aws-s3-2017-02-28", json: include_str!("../examples/aws-s3-2017-02-28.json") },
];

/// The example of a name.
pub fn find_example(name: &str) -> Option<Example> {
    EXAMPLES.into_iter().find(|example| example.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::creation::New;

    #[test]
    fn every_example_can_be_made() {
        for example in EXAMPLES {
            match postmortem::import::parse(example.json) {
                Ok(incident) => assert!(New::imported(&incident).is_ok(), "{}", example.name),
                Err(error) => panic!("{}: {error}", example.name),
            }
        }
    }
}

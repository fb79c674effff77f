//! The client's entry: it puts the page into the body.

fn main() {
    app::pages::start();
}

//! Bombs: a few bytes that claim to be many. A server of its own, whose memory is measured.

use fuzz_targets::bytes::hex;
use fuzz_targets::poison;
use postmortem::wire;
use tests::{Process, TestPeer};

/// What a server may need on top for all of it: a frame of the largest size, and some.
const ROOM: usize = 64 << 20;

#[tokio::test]
async fn bytes_that_claim_to_be_many_take_no_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(folder.path());
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut bystander = TestPeer::connect(&mara, &id).await;
    let before = server.peak_memory();
    let mut bombs: Vec<bytes::Bytes> = vec![
        wire::state_vector(&hex("ff ff ff 7f")),
        wire::presence(&hex("ff ff ff 7f")),
        hex("00 00 ff ff ff 7f").into(),
        hex("01 ff ff ff 7f").into(),
    ];
    bombs.extend(poison::updates().iter().map(|poison| wire::update(&poison.update)));
    bombs.extend(poison::updates().iter().map(|poison| wire::missing(&poison.update)));
    for bomb in bombs {
        let mut attacker = TestPeer::connect(&server.visitor("Mallory").await, &id).await;
        for _ in 0..3 {
            attacker.send(bomb.clone()).await;
        }
        attacker.cut();
    }
    bystander.run(&postmortem::Command::SetOwner("Mara".into())).await;
    bystander.until_saved().await;
    let grown = server.peak_memory() - before;
    assert!(grown < ROOM, "{grown} bytes");
    assert!(server.terminate());
}

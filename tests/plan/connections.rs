//! What connections are sent.

use aud::catalog::IdentityType;
use aud::ir::{Audience, Connection, ConnectionStatus, Status, VariantName};

use super::world::*;

fn vip(connections: impl Into<Vec<Connection>>) -> Audience {
    Audience { connections: connections.into(), ..audience("vip", more_than("ltv", 1.0)) }
}

fn warehouse() -> Connection {
    connect(VariantName::Whole, "warehouse")
}

fn inactive() -> Connection {
    Connection { status: ConnectionStatus::Inactive, ..warehouse() }
}

/// Adds and drops of the only connection that is sent anything.
fn sent(world: World) -> Option<(u64, u64)> {
    let plan = world.plan();
    let mut connections = plan.changes.iter().flat_map(|change| &change.connections);
    let first = connections.next().map(|connection| (connection.adds.len(), connection.drops.len()));
    assert!(connections.next().is_none());
    first
}

#[test]
fn a_connection_starts_with_everybody_and_goes_on_with_differences() {
    assert_eq!(sent(World::new().write(vip([warehouse()]), 0..10)), Some((10, 0)));
    assert_eq!(sent(World::new().deploy(vip([]), 0..10).write(vip([warehouse()]), 0..12)), Some((12, 0)));
    assert_eq!(sent(World::new().deploy(vip([warehouse()]), 0..10).write(vip([warehouse()]), 2..13)), Some((3, 2)));
    assert_eq!(sent(World::new().deploy(vip([inactive()]), 0..10).write(vip([warehouse()]), 0..10)), Some((10, 0)));
}

#[test]
fn a_connection_that_ends_loses_everybody_it_carried() {
    let deployed = || World::new().deploy(vip([warehouse()]), 0..10);
    assert_eq!(sent(deployed()), Some((0, 10)), "deleted");
    assert_eq!(sent(deployed().write(vip([]), 0..12)), Some((0, 10)), "removed");
    assert_eq!(sent(deployed().write(vip([inactive()]), 0..12)), Some((0, 10)), "set inactive");
    let draft = Audience { status: Status::Draft, ..vip([warehouse()]) };
    assert_eq!(sent(deployed().write(draft, [])), Some((0, 10)), "made a draft");
    let inactive_one = World::new().deploy(vip([inactive()]), 0..10);
    assert_eq!(sent(inactive_one), None, "never carried anybody");
}

#[test]
fn settings_are_shown_and_nothing_is_sent_again() {
    let set = Connection {
        share: ["ltv".to_owned()].into(),
        settings: [("folder".to_owned(), "lists".into())].into(),
        ..warehouse()
    };
    let plan = World::new().deploy(vip([warehouse()]), 0..10).write(vip([set]), 0..10).plan();
    assert_eq!(fields(only(&plan)), [r#"connect warehouse: sending -> sending, share "ltv", with { folder "lists" }"#]);
    assert!(only(&plan).connections.is_empty());
}

#[test]
fn another_external_name_is_shown_and_the_line_goes_on() {
    let renamed = Audience { external_name: "vip_v2".to_owned(), ..vip([warehouse()]) };
    let plan = World::new().deploy(vip([warehouse()]), 0..10).write(renamed, 0..11).plan();
    let connection = &only(&plan).connections[0];
    assert_eq!((connection.adds.len(), connection.drops.len()), (1, 0));
    assert_eq!(connection.downstream_name, "vip_v2");
}

#[test]
fn reach_counts_everybody_who_is_sent() {
    // Numbers 0 to 20 have MPIDs 1000 to 1020: 1000, 1010 and 1020 have no customer id, 1010 an email.
    let plan = World::new().deploy(vip([warehouse()]), 0..1).write(vip([warehouse()]), 1..21).plan();
    let connection = &only(&plan).connections[0];
    assert_eq!((connection.adds.len(), connection.drops.len()), (20, 1));
    let identities: Vec<_> = connection.identities.iter().map(|(identity, count)| (*identity, *count)).collect();
    assert_eq!(identities, [(IdentityType::CustomerId, 18), (IdentityType::Email, 9)]);
    assert_eq!(connection.unreachable, 2);
}

#[test]
fn people_are_not_stranded_in_an_output_that_is_gone() {
    let mut world = World::new().deploy(vip([warehouse()]), 0..10).write(vip([]), 0..10);
    world.outputs.clear();
    insta::assert_snapshot!(world.refusals().join("\n"), @r#"
`vip` has 10 people in `warehouse`, which aud.yaml no longer has; put `warehouse` back into aud.yaml until an apply has removed them
"#);
    // Where it carries nobody, it may go.
    let mut world = World::new().deploy(vip([warehouse()]), []).write(vip([]), []);
    world.outputs.clear();
    assert!(world.try_plan().is_ok());
}

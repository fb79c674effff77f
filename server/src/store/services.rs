//! The tables `services` and `service_names`: what the team runs, each under names that lead to it alone.

use super::people::person;
use super::{Store, StoreError, parsed};
use postmortem::ServiceId;
use postmortem::api::{Service, ServiceOwner, ServiceOwnerId};
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeMap;

#[derive(FromRow)]
struct Row {
    id: String,
    person_id: Option<String>,
    person_name: Option<String>,
    person_color: Option<String>,
    person_initials: Option<String>,
    group_id: Option<String>,
    group_name: Option<String>,
}

impl Row {
    fn service(self, names: Vec<String>) -> Result<Service, StoreError> {
        let of_person = self.person_id.zip(self.person_name).zip(self.person_color);
        let owner = match (of_person, self.group_id.zip(self.group_name)) {
            (Some(((id, name), color)), _) => {
                Some(ServiceOwner::Person(person((id, name, color, self.person_initials))?))
            }
            (None, Some((id, name))) => Some(ServiceOwner::Group { id: parsed(&id, "a group's id")?, name }),
            (None, None) => None,
        };
        let mut names = names.into_iter();
        let name = names.next().unwrap_or_default();
        Ok(Service { id: parsed(&self.id, "a service's id")?, name, other_names: names.collect(), owner })
    }
}

macro_rules! services {
    ($rest:literal) => {
        concat!(
            "select services.id, users.id as person_id, users.name as person_name, users.color as person_color,
                    users.initials as person_initials, groups.id as group_id, groups.name as group_name
             from services
             join service_names on service_names.service_id = services.id and service_names.place = 0
             left join users on users.id = services.owner_person
             left join groups on groups.id = services.owner_group ",
            $rest
        )
    };
}

const FIND: &str = services!("where services.id = ?");

/// The services of which a name has ?1 in it, those that are called exactly so first.
const LIST: &str = services!(
    "where services.id in (select service_id from service_names where instr(folded, ?1) > 0)
     order by services.id not in (select service_id from service_names where folded = ?1), service_names.folded
     limit ?2"
);

/// Adds a service without a name.
pub async fn insert(write: &mut SqliteConnection, id: &ServiceId) -> Result<(), StoreError> {
    sqlx::query("insert into services (id) values (?)").bind(id.as_str()).execute(write).await?;
    Ok(())
}

/// Says who answers for a service; whether there is one.
pub async fn set_owner(
    write: &mut SqliteConnection,
    id: &ServiceId,
    owner: Option<&ServiceOwnerId>,
) -> Result<bool, StoreError> {
    let (person, group) = match owner {
        Some(ServiceOwnerId::Person(person)) => (Some(person.as_str()), None),
        Some(ServiceOwnerId::Group(group)) => (None, Some(group.as_str())),
        None => (None, None),
    };
    let changed = sqlx::query("update services set owner_person = ?, owner_group = ? where id = ?")
        .bind(person)
        .bind(group)
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(changed.rows_affected() > 0)
}

/// Takes every name from a service.
pub async fn delete_names(write: &mut SqliteConnection, id: &ServiceId) -> Result<(), StoreError> {
    sqlx::query("delete from service_names where service_id = ?").bind(id.as_str()).execute(write).await?;
    Ok(())
}

/// Calls a service something more, behind what it is called already; false where another one is called so.
pub async fn insert_name(write: &mut SqliteConnection, id: &ServiceId, name: &str) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "insert into service_names (folded, service_id, place, name)
         values (?1, ?2, (select count(*) from service_names where service_id = ?2), ?3)
         on conflict (folded) do nothing",
    )
    .bind(name.to_lowercase())
    .bind(id.as_str())
    .bind(name)
    .execute(write)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Whose name this is: the name of the service that is called so.
pub async fn find_called(read: &mut SqliteConnection, name: &str) -> Result<Option<String>, StoreError> {
    let found = sqlx::query_scalar(
        "select name from service_names
         where place = 0 and service_id = (select service_id from service_names where folded = ?)",
    );
    Ok(found.bind(name.to_lowercase()).fetch_optional(read).await?)
}

/// Deletes a service; whether there was one.
pub async fn delete(write: &mut SqliteConnection, id: &ServiceId) -> Result<bool, StoreError> {
    let deleted = sqlx::query("delete from services where id = ?").bind(id.as_str()).execute(write).await?;
    Ok(deleted.rows_affected() > 0)
}

/// How many services there are.
pub async fn count(read: &mut SqliteConnection) -> Result<u32, StoreError> {
    Ok(sqlx::query_scalar("select count(*) from services").fetch_one(read).await?)
}

pub async fn find(read: &mut SqliteConnection, id: &ServiceId) -> Result<Option<Service>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND).bind(id.as_str()).fetch_optional(&mut *read).await?;
    let Some(row) = row else { return Ok(None) };
    let names: Vec<String> = sqlx::query_scalar("select name from service_names where service_id = ? order by place")
        .bind(id.as_str())
        .fetch_all(read)
        .await?;
    row.service(names).map(Some)
}

impl Store {
    /// The services that are called something with a text in it, by name, one that is called exactly so first; at most so
    /// many, and how many there are beyond them.
    pub async fn list_services(&self, search: &str, most: u32) -> Result<(Vec<Service>, u32), StoreError> {
        let folded = search.to_lowercase();
        let mut read = self.readers.begin().await?;
        let rows: Vec<Row> = sqlx::query_as(LIST).bind(&folded).bind(most).fetch_all(&mut *read).await?;
        let names: Vec<(String, String)> = sqlx::query_as(
            "select service_id, name from service_names
             where service_id in (select service_id from service_names where instr(folded, ?) > 0)
             order by place",
        )
        .bind(&folded)
        .fetch_all(&mut *read)
        .await?;
        let mut by_service: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (service, name) in names {
            by_service.entry(service).or_default().push(name);
        }
        let all = u32::try_from(by_service.len()).unwrap_or(u32::MAX);
        let listed = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let services = rows.into_iter().map(|row| {
            let names = by_service.remove(&row.id).unwrap_or_default();
            row.service(names)
        });
        Ok((services.collect::<Result<_, _>>()?, all.saturating_sub(listed)))
    }
}

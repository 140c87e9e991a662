//! Who may do what.

use kafka_protocol::messages::DescribeAclsRequest;

use super::said;
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::wire::call::Call;

/// An entry of the access control list. The words are Kafka's numbers, see [`AclEntry::operation`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct AclEntry {
    /// What it is about.
    pub resource: AclResource,
    /// Its name, or the beginning of names.
    pub name: String,
    /// Whether `name` is only the beginning (`PREFIXED`). The name `*` alone means all.
    pub prefixed: bool,
    /// Whom it is about, such as `User:signalbox`; `User:*` is everybody.
    pub principal: String,
    /// From which host; `*` is any.
    pub host: String,
    /// The operation's number: 2 is all, the others are those of [`AclOperation`](crate::AclOperation).
    pub operation: i8,
    /// Whether it allows; else it denies, and a denial wins.
    pub allows: bool,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AclResource {
    /// A topic.
    Topic,
    /// A group.
    Group,
    /// The cluster.
    Cluster,
    /// A transactional id.
    TransactionalId,
    /// A delegation token.
    DelegationToken,
    /// A user.
    User,
    /// A number this client does not know.
    Other(i8),
}

impl AclResource {
    fn of(number: i8) -> Self {
        match number {
            2 => Self::Topic,
            3 => Self::Group,
            4 => Self::Cluster,
            5 => Self::TransactionalId,
            6 => Self::DelegationToken,
            7 => Self::User,
            other => Self::Other(other),
        }
    }
}

/// "Any" in a filter.
const ANY: i8 = 1;
/// The pattern type of names that are only the beginning.
const PREFIXED: i8 = 4;
/// The permission type of entries that allow.
const ALLOW: i8 = 3;

impl Client {
    /// All entries of the access control list (DescribeAcls), or those of one principal.
    ///
    /// # Errors
    /// SECURITY_DISABLED where no authorizer is set up; as every call, see [`Error`].
    pub async fn describe_acls(&self, principal: Option<&str>) -> Result<Vec<AclEntry>> {
        let answer = self
            .ask(
                &Route::Any,
                self.until(),
                |_| {
                    Ok(DescribeAclsRequest::default()
                        .with_resource_type_filter(ANY)
                        .with_resource_name_filter(None)
                        .with_pattern_type_filter(ANY)
                        .with_principal_filter(principal.map(super::text))
                        .with_host_filter(None)
                        .with_operation(ANY)
                        .with_permission_type(ANY))
                },
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        let api = DescribeAclsRequest::API.name;
        Error::check(api, answer.error_code, said(answer.error_message))?;
        let mut entries = Vec::new();
        for resource in answer.resources {
            for acl in resource.acls {
                entries.push(AclEntry {
                    resource: AclResource::of(resource.resource_type),
                    name: resource.resource_name.to_string(),
                    prefixed: resource.pattern_type == PREFIXED,
                    principal: acl.principal.to_string(),
                    host: acl.host.to_string(),
                    operation: acl.operation,
                    allows: acl.permission_type == ALLOW,
                });
            }
        }
        entries.sort();
        Ok(entries)
    }
}

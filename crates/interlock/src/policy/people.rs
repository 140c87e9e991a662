//! People and their accounts. Quorums count people: one human with two accounts is one.

use crate::id::PersonId;
use crate::principal::{Account, ChatRole, Principal};
use std::collections::{BTreeMap, BTreeSet};

/// The persons of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    by_account: BTreeMap<Account, PersonId>,
    languages: BTreeMap<PersonId, String>,
}

/// An account stands under two persons.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the account {account} is already {person}'s")]
pub struct AccountTaken {
    /// The account.
    pub account: Account,
    /// Whose it is.
    pub person: PersonId,
}

impl People {
    /// Adds an account of a person.
    ///
    /// # Errors
    /// If it is another person's.
    pub fn add(&mut self, person: &PersonId, account: Account) -> Result<(), AccountTaken> {
        if let Some(other) = self.by_account.get(&account).filter(|other| *other != person) {
            return Err(AccountTaken { account, person: other.clone() });
        }
        self.by_account.insert(account, person.clone());
        Ok(())
    }

    /// Sets the language of a person's private answers.
    pub fn speaks(&mut self, person: &PersonId, language: &str) {
        self.languages.insert(person.clone(), language.to_owned());
    }

    /// The language of a person's private answers, if the settings say it.
    #[must_use]
    pub fn language(&self, person: &PersonId) -> Option<&str> {
        self.languages.get(person).map(String::as_str)
    }

    /// The human behind an account; an unlisted account is a person of its own.
    #[must_use]
    pub fn person(&self, account: Account) -> PersonId {
        self.by_account.get(&account).cloned().unwrap_or_else(|| PersonId::unlisted(account))
    }

    /// The accounts of a person.
    pub fn accounts<'p>(&'p self, person: &'p PersonId) -> impl Iterator<Item = Account> + 'p {
        self.by_account.iter().filter(move |(_, owner)| *owner == person).map(|(account, _)| *account)
    }

    /// Every account that is known to be a person's, be it listed or not.
    #[must_use]
    pub fn accounts_of(&self, person: &PersonId) -> Vec<Account> {
        let unlisted = person.unlisted_account().filter(|account| self.person(*account) == *person);
        self.accounts(person).chain(unlisted).collect()
    }

    /// Who speaks, with the chat roles the account has now.
    #[must_use]
    pub fn principal(&self, account: Account, chat_roles: BTreeSet<ChatRole>) -> Principal {
        Principal { account, person: self.person(account), chat_roles }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_lead_to_one_person_each() {
        let (ann, bob): (PersonId, PersonId) = ("ann".parse().unwrap(), "bob".parse().unwrap());
        let mut people = People::default();
        people.add(&ann, Account::Discord(1)).unwrap();
        people.add(&ann, Account::System(1000)).unwrap();
        assert!(people.add(&bob, Account::Discord(1)).is_err());
        assert!(people.add(&ann, Account::Discord(1)).is_ok());
        assert_eq!(people.person(Account::System(1000)), ann);
        assert_eq!(people.person(Account::Discord(9)).as_str(), "account:discord:9");
        assert_ne!(people.person(Account::Discord(1000)), people.person(Account::System(1000)));
        assert_eq!(people.accounts(&ann).count(), 2);
        assert_eq!(people.accounts_of(&ann), [Account::Discord(1), Account::System(1000)]);
        for account in [Account::Discord(9), Account::System(9), Account::Persona(9)] {
            assert_eq!(people.accounts_of(&people.person(account)), [account]);
        }
        let listed_since = PersonId::unlisted(Account::Discord(1));
        assert_eq!(people.accounts_of(&listed_since), [], "the account is ann's");
        assert_eq!(people.accounts_of(&bob), []);
    }
}

//! Carries approved plans out: journal, leases, waits, notices

//! The tables, once for both databases: only types that SQLite and Postgres share.
#![expect(missing_docs, reason = "the macro makes modules and types that cannot carry any")]

diesel::table! {
    organizations (id) {
        id -> Text,
        name -> Text,
        time_zone -> Text,
        max_validity_days -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    setup_addresses (secret_hash) {
        secret_hash -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    admins (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> BigInt,
        password_changed_at -> BigInt,
    }
}

diesel::table! {
    sessions (id_hash) {
        id_hash -> Text,
        public_id -> Text,
        admin_id -> Nullable<Text>,
        data -> Text,
        address_prefix -> Text,
        user_agent -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    known_devices (secret_hash) {
        secret_hash -> Text,
        admin_id -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
    }
}

diesel::table! {
    throttles (key) {
        key -> Text,
        failures -> BigInt,
        window_began_at -> BigInt,
    }
}

diesel::table! {
    places (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        address -> Text,
        time_zone -> Text,
        locked_down_at -> Nullable<BigInt>,
        lockdown_reason -> Text,
        version -> BigInt,
        created_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    doors (id) {
        id -> Text,
        organization_id -> Text,
        place_id -> Text,
        name -> Text,
        description -> Text,
        driver -> Text,
        driver_settings -> Text,
        unlock_ms -> BigInt,
        accepts_digital -> Bool,
        locked_down_at -> Nullable<BigInt>,
        lockdown_reason -> Text,
        version -> BigInt,
        created_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    groups (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        version -> BigInt,
        created_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    group_doors (group_id, door_id) {
        group_id -> Text,
        door_id -> Text,
    }
}

diesel::table! {
    links (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        email -> Text,
        phone -> Text,
        company -> Text,
        host_name -> Text,
        host_contact -> Text,
        note -> Text,
        external_id -> Text,
        language -> Text,
        search -> Text,
        valid_from -> BigInt,
        valid_until -> Nullable<BigInt>,
        max_uses -> Nullable<BigInt>,
        uses -> BigInt,
        cooldown_ms -> BigInt,
        paused_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        secret_hash -> Text,
        secret_sealed -> Binary,
        secret_version -> BigInt,
        first_opened_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    link_doors (link_id, door_id) {
        link_id -> Text,
        door_id -> Text,
    }
}

diesel::table! {
    link_groups (link_id, group_id) {
        link_id -> Text,
        group_id -> Text,
    }
}

diesel::table! {
    link_door_states (link_id, door_id) {
        link_id -> Text,
        door_id -> Text,
        last_granted_at -> Nullable<BigInt>,
        free_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_heads (organization_id) {
        organization_id -> Text,
        sequence -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    events (id) {
        id -> Text,
        organization_id -> Text,
        sequence -> BigInt,
        occurred_at -> BigInt,
        recorded_at -> BigInt,
        action -> Text,
        actor -> Text,
        credential -> Nullable<Text>,
        object -> Text,
        outcome -> Text,
        reason -> Nullable<Text>,
        cause -> Nullable<Text>,
        request -> Nullable<Text>,
        detail -> Text,
        person_hash -> Nullable<Text>,
        hash -> Text,
        door_id -> Nullable<Text>,
        link_id -> Nullable<Text>,
    }
}

diesel::table! {
    event_people (event_id) {
        event_id -> Text,
        salt -> Text,
        facts -> Text,
    }
}

diesel::table! {
    checkpoints (organization_id, sequence) {
        organization_id -> Text,
        sequence -> BigInt,
        hash -> Text,
        made_at -> BigInt,
        signature -> Text,
    }
}

diesel::table! {
    commands (event_id) {
        event_id -> Text,
        organization_id -> Text,
        door_id -> Text,
        credential -> Text,
        took_use -> Bool,
        deadline_at -> BigInt,
    }
}

diesel::table! {
    messages (id) {
        id -> Text,
        organization_id -> Text,
        link_id -> Text,
        channel -> Text,
        recipient -> Text,
        secret_version -> BigInt,
        state -> Text,
        attempts -> BigInt,
        next_at -> BigInt,
        server_reply -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::joinable!(doors -> places (place_id));
diesel::joinable!(link_doors -> links (link_id));
diesel::joinable!(link_doors -> doors (door_id));
diesel::joinable!(event_people -> events (event_id));
diesel::joinable!(messages -> links (link_id));
diesel::joinable!(admins -> organizations (organization_id));
diesel::joinable!(group_doors -> doors (door_id));

diesel::allow_tables_to_appear_in_same_query!(
    organizations,
    setup_addresses,
    admins,
    sessions,
    known_devices,
    throttles,
    places,
    doors,
    groups,
    group_doors,
    links,
    link_doors,
    link_groups,
    link_door_states,
    audit_heads,
    events,
    event_people,
    checkpoints,
    commands,
    messages
);

//! The tables, once for both databases: only types that SQLite and Postgres share.
#![expect(missing_docs, reason = "the macro makes modules and types that cannot carry any")]

diesel::table! {
    organizations (id) {
        id -> Text,
        name -> Text,
        time_zone -> Text,
        max_validity_days -> BigInt,
        created_at -> BigInt,
        default_validity_days -> BigInt,
        session_idle_minutes -> Nullable<BigInt>,
        session_hours -> Nullable<BigInt>,
        second_factor_required -> Bool,
        reminder_hours -> Nullable<BigInt>,
        arrival_notice -> Bool,
        event_retention_days -> Nullable<BigInt>,
        person_retention_days -> Nullable<BigInt>,
        sms_quota -> BigInt,
        email_quota -> BigInt,
        colour -> Text,
        version -> BigInt,
        last_scope -> BigInt,
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
        removed_at -> Nullable<BigInt>,
        totp_sealed -> Nullable<Binary>,
        totp_confirmed_at -> Nullable<BigInt>,
        totp_last_step -> BigInt,
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
        latitude_e6 -> Nullable<BigInt>,
        longitude_e6 -> Nullable<BigInt>,
        geofence_m -> Nullable<BigInt>,
        lockdown_by -> Text,
        lockdown_lift_role -> Text,
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
        geofence -> Bool,
        reader -> Bool,
        schedule_id -> Nullable<Text>,
        driver_sealed -> Nullable<Binary>,
        scope -> BigInt,
        list_max_age_ms -> BigInt,
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
        description -> Text,
        geofence -> Bool,
        reader -> Bool,
        schedule_id -> Nullable<Text>,
        scope -> BigInt,
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
        notify_host -> Bool,
        reminded_at -> Nullable<BigInt>,
        arrived_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        name_key -> Text,
        erased_at -> Nullable<BigInt>,
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
        trying -> Bool,
    }
}

diesel::table! {
    audit_heads (organization_id) {
        organization_id -> Text,
        sequence -> BigInt,
        hash -> Text,
        list_revision -> BigInt,
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
        claimed_by -> Nullable<Text>,
        claimed_at -> Nullable<BigInt>,
        opened -> Nullable<Bool>,
        answer -> Text,
    }
}

diesel::table! {
    messages (id) {
        id -> Text,
        organization_id -> Text,
        kind -> Text,
        link_id -> Nullable<Text>,
        invitation_id -> Nullable<Text>,
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

diesel::table! {
    logos (organization_id) {
        organization_id -> Text,
        png -> Binary,
        hash -> Text,
        width -> BigInt,
        height -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    message_texts (organization_id, language) {
        organization_id -> Text,
        language -> Text,
        subject -> Text,
        greeting -> Text,
    }
}

diesel::table! {
    quota_uses (organization_id, channel, link_id) {
        organization_id -> Text,
        channel -> Text,
        link_id -> Text,
        period -> Text,
        used_at -> BigInt,
    }
}

diesel::table! {
    quota_counters (organization_id, channel, period) {
        organization_id -> Text,
        channel -> Text,
        period -> Text,
        used -> BigInt,
    }
}

diesel::table! {
    recovery_codes (code_hash) {
        code_hash -> Text,
        admin_id -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Text,
        admin_id -> Text,
        credential_id -> Text,
        name -> Text,
        data -> Text,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    invitations (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        email -> Text,
        role -> Text,
        secret_hash -> Text,
        secret_sealed -> Binary,
        invited_by -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        withdrawn_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    schedules (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        version -> BigInt,
        created_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    schedule_windows (schedule_id, weekday, from_minute, until_minute) {
        schedule_id -> Text,
        weekday -> BigInt,
        from_minute -> BigInt,
        until_minute -> BigInt,
    }
}

diesel::table! {
    schedule_exceptions (schedule_id, date, from_minute, until_minute) {
        schedule_id -> Text,
        date -> Text,
        from_minute -> BigInt,
        until_minute -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    link_windows (link_id, weekday, from_minute, until_minute) {
        link_id -> Text,
        weekday -> BigInt,
        from_minute -> BigInt,
        until_minute -> BigInt,
    }
}

diesel::table! {
    link_words (organization_id, word, link_id) {
        organization_id -> Text,
        word -> Text,
        link_id -> Text,
    }
}

diesel::table! {
    beginnings (organization_id, sequence) {
        organization_id -> Text,
        sequence -> BigInt,
        hash -> Text,
        made_at -> BigInt,
        signature -> Text,
    }
}

diesel::table! {
    link_codes (link_id) {
        link_id -> Text,
        organization_id -> Text,
        kind -> Text,
        web -> Bool,
        off_line -> Bool,
    }
}

diesel::table! {
    codes (id) {
        id -> Text,
        organization_id -> Text,
        link_id -> Text,
        kind -> Text,
        lookup -> Text,
        sealed -> Nullable<Binary>,
        not_before -> Nullable<BigInt>,
        not_after -> Nullable<BigInt>,
        last_step -> BigInt,
        created_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    terminals (id) {
        id -> Text,
        organization_id -> Text,
        door_id -> Text,
        name -> Text,
        pairing_hash -> Nullable<Text>,
        pairing_expires_at -> Nullable<BigInt>,
        token_hash -> Nullable<Text>,
        paired_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        removed_at -> Nullable<BigInt>,
        software -> Text,
        relay -> Bool,
        clock_offset_ms -> Nullable<BigInt>,
        last_seen_at -> Nullable<BigInt>,
        waiting -> BigInt,
        list_version -> BigInt,
        list_made_at -> Nullable<BigInt>,
        list_expires_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    terminal_lists (terminal_id, version) {
        terminal_id -> Text,
        version -> BigInt,
        manifest -> Text,
        body -> Binary,
        revision -> BigInt,
    }
}

diesel::table! {
    terminal_list_doors (terminal_id, from_version) {
        terminal_id -> Text,
        from_version -> BigInt,
        door_id -> Text,
    }
}

diesel::table! {
    terminal_scans (terminal_id, sequence) {
        terminal_id -> Text,
        sequence -> BigInt,
        scan -> Text,
        event_id -> Text,
        reported_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(doors -> places (place_id));
diesel::joinable!(link_codes -> links (link_id));
diesel::joinable!(codes -> links (link_id));
diesel::joinable!(terminals -> doors (door_id));
diesel::joinable!(terminal_lists -> terminals (terminal_id));
diesel::joinable!(terminal_scans -> terminals (terminal_id));
diesel::joinable!(link_doors -> links (link_id));
diesel::joinable!(link_doors -> doors (door_id));
diesel::joinable!(event_people -> events (event_id));
diesel::joinable!(messages -> links (link_id));
diesel::joinable!(admins -> organizations (organization_id));
diesel::joinable!(passkeys -> admins (admin_id));
diesel::joinable!(group_doors -> doors (door_id));
diesel::joinable!(group_doors -> groups (group_id));
diesel::joinable!(link_groups -> groups (group_id));
diesel::joinable!(link_words -> links (link_id));

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
    messages,
    logos,
    message_texts,
    quota_uses,
    quota_counters,
    recovery_codes,
    passkeys,
    invitations,
    schedules,
    schedule_windows,
    schedule_exceptions,
    link_windows,
    link_words,
    beginnings,
    link_codes,
    codes,
    terminals,
    terminal_lists,
    terminal_list_doors,
    terminal_scans
);

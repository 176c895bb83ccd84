// What a service class does with a colour: policy, so a table.
//
// A pair that the controller has said nothing about is best effort, as RFC 2211 has it for excess.
// So a switch without entries reserves nothing, and harms nothing.

#ifndef RSVP_VERDICT_P4
#define RSVP_VERDICT_P4

#include "fates.p4"
#include "ids.p4"
#include "sizes.p4"

control Judgement(inout metadata_t meta) {
    @id(ACTION_SEND)
    action send(Queue queue) {
        meta.queue = queue;
    }

    @id(ACTION_SEND_MARKED)
    action send_marked(Queue queue, Dscp dscp) {
        meta.queue = queue;
        meta.has_policy_dscp = 1;
        meta.policy_dscp = dscp;
    }

    @id(ACTION_DEMOTE)
    action demote() {
        meta.verdict = DEMOTED;
    }

    @id(ACTION_DEMOTE_MARKED)
    action demote_marked(Dscp dscp) {
        meta.verdict = DEMOTED;
        meta.has_policy_dscp = 1;
        meta.policy_dscp = dscp;
    }

    @id(ACTION_DROP_EXCESS)
    action drop_excess() {
        meta.verdict = DROPPED;
    }

    @id(TABLE_VERDICTS)
    table verdicts {
        key = {
            meta.service_class: exact @name("service_class");
            meta.colour:        exact @name("colour");
        }
        actions = { send; send_marked; demote; demote_marked; drop_excess; }
        const default_action = demote;
        size = VERDICT_CELLS;
    }

    apply {
        verdicts.apply();
    }
}

// Makes the verdict true. From here on a demoted packet is a best-effort packet.
control Enforcement(inout metadata_t meta) {
    apply {
        if (meta.verdict == DROPPED) {
            drop(meta, DropReason.EXCESS);
        } else if (meta.verdict == DEMOTED) {
            meta.service_class = ServiceClass.BEST_EFFORT;
        }
    }
}

#endif

# An example for Open Policy Agent (security.md): who may reserve how much, and with which priority.
# `opa run --server docs/p4rsvp.rego` serves it at /v1/data/p4rsvp/decision.
package p4rsvp

import rego.v1

default decision := {"allow": false, "reason": "nobody in the policy asks for this"}

# Senders may announce themselves.
decision := {"allow": true} if input.subject == "sender"

# The works' users reserve up to 5 Mbit/s, by signed messages only.
decision := {"allow": true, "preemption_priority": 100, "defending_priority": 200} if {
	input.subject == "reservation"
	input.signed
	works
	not fire_brigade
	input.rate_bytes_per_s <= 625000
}

# The fire brigade reserves what it needs, and displaces others.
decision := {"allow": true, "preemption_priority": 900, "defending_priority": 950} if {
	input.subject == "reservation"
	input.signed
	fire_brigade
}

works if {
	count(input.users) > 0
	every user in input.users {
		endswith(user, ",O=Works")
	}
}

fire_brigade if {
	count(input.users) > 0
	every user in input.users {
		endswith(user, ",OU=Fire brigade,O=Works")
	}
}

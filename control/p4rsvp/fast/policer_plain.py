"""The reference of the policer: two buckets filled with fractions of a byte."""

from fractions import Fraction

from p4rsvp.fast.policer import Profile, Verdict


class PlainBucket:
    """One token bucket with its peak bucket; full at first."""

    def __init__(self, profile: Profile, now_ns: int) -> None:
        self.profile = profile
        self.tokens_bytes = Fraction(profile.bucket_bytes)
        self.peak_tokens_bytes = Fraction(profile.max_packet_bytes)
        self.last_ns = now_ns

    def change(self, profile: Profile, now_ns: int) -> None:
        """Take another profile and keep the tokens that fit into it."""
        self._refill(now_ns)
        self.profile, self.last_ns = profile, now_ns
        self.tokens_bytes = min(self.tokens_bytes, Fraction(profile.bucket_bytes))
        self.peak_tokens_bytes = min(self.peak_tokens_bytes, Fraction(profile.max_packet_bytes))

    def police(self, length_bytes: int, now_ns: int) -> Verdict:
        """Judge one packet."""
        self._refill(now_ns)
        profile = self.profile
        if length_bytes > profile.max_packet_bytes:
            return Verdict.TOO_LONG
        counted_bytes = max(length_bytes, profile.min_policed_bytes)
        if self.tokens_bytes < counted_bytes:
            return Verdict.EXCESS
        if profile.peak_rate_bytes_per_s is not None:
            if self.peak_tokens_bytes < counted_bytes:
                return Verdict.EXCESS
            self.peak_tokens_bytes -= counted_bytes
        self.tokens_bytes -= counted_bytes
        return Verdict.CONFORMS

    def _refill(self, now_ns: int) -> None:
        profile = self.profile
        elapsed_s = Fraction(max(0, now_ns - self.last_ns), 10**9)
        self.last_ns = max(self.last_ns, now_ns)
        self.tokens_bytes = min(
            self.tokens_bytes + profile.rate_bytes_per_s * elapsed_s, Fraction(profile.bucket_bytes)
        )
        self.peak_tokens_bytes = min(
            self.peak_tokens_bytes + (profile.peak_rate_bytes_per_s or 0) * elapsed_s,
            Fraction(profile.max_packet_bytes),
        )

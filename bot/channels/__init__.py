"""The ways people reach us. Each channel parses its own payloads, renders messages within its limits, and sends."""

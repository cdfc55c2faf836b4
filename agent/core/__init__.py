"""The floor: values, time, mailboxes, links, machines, supervision. Imports nothing of ours."""

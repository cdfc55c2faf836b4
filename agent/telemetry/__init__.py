"""What leaves the node: records kept until the centre has them, and the node's word on itself."""

"""Pictures of certificates, which learners send as proof and which go with the decision."""

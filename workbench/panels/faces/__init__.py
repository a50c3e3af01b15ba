"""The side of the faces: identities as cards, their faces, and the verbs that put them right."""

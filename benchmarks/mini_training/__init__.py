"""Training of the heads of `mini`: photos with sentences in, ``heads.safetensors`` out."""

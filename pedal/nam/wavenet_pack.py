def pack_wavenet(spec, max_frames):
    raise NotImplementedError

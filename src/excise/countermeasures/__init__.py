"""What may be done to replies, so that a harvest is worth less, or a copy of the model can be told.

    campaign_key  a master secret, and a key of its own for each campaign
    draws         the random numbers that only a key's owner knows: one for each token after each context
    bodies        replies as model servers write them, whole or as a stream
    changes       one file a countermeasure: watermarks, canaries, what is held back
    orders        who ordered it, why and until when; every use is in a book that the operator reads
    decoding      a watermark as a logits processor of transformers
    vllm          the same as vLLM loads it
    cost          what a watermark costs the text, measured

A countermeasure that changes what a customer receives is visible to the operator, proportionate, logged and
appealable: nothing here acts without an order that ends, and every reply that was changed leaves a line.
"""

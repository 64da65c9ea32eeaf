"""The journal: what was acknowledged, from the moment it was until the store has it.

    framing     frames with checksums, and where a file stops being whole
    group       what one commit writes: rows of observations, and the words, sealed
    segment     one file of groups; which there are
    writer      groups are appended and have reached the disk; old words are removed
    forgotten   whose words and rows are removed although they are not old
    reader      groups are taken by the loop, once, in order
    feed        the reader as the loop wants it
    cleaning    closed segments lose what may not be kept any more
    done        how far the reader is
    spool       sealed words are found again, for who can open them

A writer has a folder of its own below the journal's, and one process has the writer. One reader takes from
the folders of all writers. A group is there whole or not at all; a record may be there twice, and the store
keeps it once.
"""

"""Arrow time stamps as seconds."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def seconds(column: pa.Array | pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of time stamps as epoch seconds (UTC), shape (rows,).

    >>> seconds(pa.array([1_500_000], pa.timestamp("us", "UTC"))).tolist()
    [1.5]
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    micros = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    result: NDArray[np.float64] = micros.astype(np.float64) / 1e6
    return result

"""Files on disk: the case, its Parquet parts, caches and what people made (pyarrow)."""

/** Bulk ingestion with back-pressure, resumable after an interruption. */
@NullMarked
package io.tikvdirect.cli.load;

import org.jspecify.annotations.NullMarked;

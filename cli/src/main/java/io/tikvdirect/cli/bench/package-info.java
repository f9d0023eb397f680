/** The load generator. */
@NullMarked
package io.tikvdirect.cli.bench;

import org.jspecify.annotations.NullMarked;

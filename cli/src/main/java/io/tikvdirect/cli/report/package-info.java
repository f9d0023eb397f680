/** What is drawn for a person: progress, rates, percentiles and histograms. */
@NullMarked
package io.tikvdirect.cli.report;

import org.jspecify.annotations.NullMarked;

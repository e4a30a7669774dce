// SPDX-License-Identifier: MIT
import './board-actions.js';
import './board-console.js';
import './board-list.js';
import './board-page.js';
import './bench-help.js';
import './card-console.js';
import './device-info.js';
import './drop-zone.js';
import './flash-options.js';
import './flash-plan.js';
import './job-history.js';
import './job-outcome.js';
import './job-progress.js';
import './log-in.js';
import './sector-map.js';
import './sector-strip.js';
import './bench-app.js';

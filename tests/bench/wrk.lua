-- wrk.lua -- what measure.mjs has wrk do: ask for the paths of the file
-- $BENCH_PATHS in turn, and say at the end what came of it, as JSON.
local file = os.getenv("BENCH_PATHS")

if file then
  local requests, at = {}, 0

  function init()
    for path in io.lines(file) do
      requests[#requests + 1] = wrk.format(nil, path)
    end
    -- wrk asks once by itself before it begins, and each run anew from the
    -- first: begin anywhere, or a second run would find what the first left.
    math.randomseed(os.time())
    at = math.random(#requests)
  end

  function request()
    at = at % #requests + 1
    return requests[at]
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests": %d, "errors": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d}\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end

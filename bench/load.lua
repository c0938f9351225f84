-- Sends each prepared request of a file so many times (usually once), counts what comes back (what
-- is not of the expected status as failed), and ends with the last answer. Connections that have no more to do wait: what they would ask costs.
local ffi = require("ffi")
ffi.cdef("int kill(int, int); int getpid(void);")
local threads = {}
local NOBODY = "GET /nobody HTTP/1.1\r\nHost: localhost\r\n\r\n"

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  requests, sent, answered, failed = {}, -1, 0, 0 -- the first is only looked at, by wrk itself
  local file = assert(io.open(args[1], "rb"))
  for request in string.gmatch(file:read("*a"), "[^%z]+") do
    table.insert(requests, request)
  end
  file:close()
  wanted = #requests * tonumber(args[2])
  expected = args[3]
end

function delay()
  return sent == wanted and 60000 or 0 -- ms
end

function request()
  if sent == wanted then return NOBODY end
  sent = sent + 1
  return requests[math.max(sent - 1, 0) % #requests + 1]
end

function response(status)
  if status == 404 then return end
  answered = answered + 1
  if not string.match(tostring(status), expected) then failed = failed + 1 end
  if answered == wanted then
    wrk.thread:stop()
    ffi.C.kill(ffi.C.getpid(), 2) -- wrk itself sleeps until its time is up
  end
end

function done(summary, latency)
  local answered, failed = 0, 0
  for _, thread in ipairs(threads) do
    answered = answered + thread:get("answered")
    failed = failed + thread:get("failed")
  end
  local errors = summary.errors
  failed = failed + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format('{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"failed":%d}', answered,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end

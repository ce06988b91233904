-- Requests for wrk: 10,000 built beforehand from a fixed seed, then drawn at random. They differ in path, query, cookies
-- and one header of random length; 90 % carry an affinity cookie that the proxy under test has given out itself.
-- Arguments after "--": size=small|large heads=plain|big connection=keep|close delay=MILLISECONDS seed=N cookie=A cookie=B
local REQUESTS = 10000

local options = { cookies = {}, delay = 0, seed = 1, size = "small", heads = "plain", connection = "keep" }
local requests = {}
local letters = "abcdefghijklmnopqrstuvwxyz0123456789"

local function word(from, to)
  local out = {}
  for i = 1, math.random(from, to or from) do
    local at = math.random(#letters)
    out[i] = letters:sub(at, at)
  end
  return table.concat(out)
end

local function cookie_header()
  local parts = { "session=" .. word(32), "theme=" .. word(4, 6), "seen=" .. math.random(1000000) }
  if options.heads == "big" then
    for i = 1, 8 do parts[#parts + 1] = "c" .. i .. "=" .. word(110) end
  end
  if math.random() < 0.9 then
    table.insert(parts, math.random(#parts + 1), options.cookies[math.random(#options.cookies)])
  end
  return table.concat(parts, "; ")
end

local function headers()
  local fields = {
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8",
    ["Accept-Language"] = "en-GB,en;q=0.7",
    ["X-Reference"] = word(8, 120),
    ["Cookie"] = cookie_header(),
  }
  if options.connection == "close" then fields["Connection"] = "close" end
  if options.heads == "big" then
    for i = 1, 19 do fields["X-Custom-Field-" .. i] = word(12, 40) end
  end
  return fields
end

function init(args)
  for _, argument in ipairs(args) do
    local key, value = argument:match("^(%w+)=(.*)$")
    if key == "cookie" then
      table.insert(options.cookies, value)
    else
      options[key] = tonumber(value) or value
    end
  end
  math.randomseed(options.seed)
  for i = 1, REQUESTS do
    local path = "/shop/" .. options.size .. "/" .. word(4, 16) .. "/" .. math.random(100000)
    requests[i] = wrk.format("GET", path .. "?q=" .. word(3, 12) .. "&page=" .. math.random(50), headers())
  end
  if options.delay > 0 then
    -- Milliseconds before the next request on a connection, evenly spread round the wanted mean.
    function delay() return math.floor(math.random() * 2 * options.delay + 0.5) end
  end
end

function request()
  return requests[math.random(REQUESTS)]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nSUMMARY {"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"badStatus":%d,"badSocket":%d,"timeouts":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end

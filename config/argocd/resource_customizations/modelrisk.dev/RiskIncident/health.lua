-- A record, written by the operator only: there is nothing in it to deploy or to wait for, so open is Healthy too.
local hs = { status = "Healthy", message = "Open" }
if obj.status ~= nil and obj.status.closedAt ~= nil then
  hs.message = "Closed at " .. obj.status.closedAt
end
return hs

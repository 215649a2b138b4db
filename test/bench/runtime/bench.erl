%% The same measurements in Erlang. Prints one line a figure: name value.
-module(bench).
-export([main/0, idle/0]).

main() ->
    [Rounds, Many] = [list_to_integer(A) || A <- init:get_plain_arguments()],
    [report(ring_hop_ns, ring(1000, 1000000)) || _ <- lists:seq(1, Rounds)],
    [report(spawn_us, spawn_time(100000)) || _ <- lists:seq(1, Rounds)],
    report(idle_bytes, idle_bytes(fun() -> idle() end, 100000)),
    report(used_bytes, idle_bytes(fun() -> self() ! hello, receive hello -> idle() end end, 100000)),
    report(hibernated_bytes, idle_bytes(fun() -> self() ! hello, receive hello -> erlang:hibernate(?MODULE, idle, []) end end, 100000)),
    [report(selective_us, selective(100000, 20)) || _ <- lists:seq(1, Rounds)],
    {ManyBytes, ManySeconds} = many(Many),
    report(many_bytes, ManyBytes),
    report(many_seconds, ManySeconds),
    halt(0).

report(Name, Value) -> io:format("~s ~p~n", [Name, Value]).

now_us() -> erlang:monotonic_time(nanosecond) / 1000.

%% Nanoseconds a hop of one token round a ring of Size processes.
ring(Size, Hops) ->
    Self = self(),
    First = spawn(fun() -> receive {next, Next} -> hop(Next, Self) end end),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> hop(Next, Self) end) end, First, lists:seq(2, Size)),
    First ! {next, Last},
    First ! Size * 2,
    receive done -> ok end,
    Begin = now_us(),
    First ! Hops,
    receive done -> ok end,
    Time = now_us() - Begin,
    exit(First, kill),
    Time * 1000 / Hops.

hop(Next, Main) ->
    receive
        0 -> Main ! done, hop(Next, Main);
        N -> Next ! N - 1, hop(Next, Main)
    end.

idle() -> receive stop -> ok end.

%% Microseconds a process, until the last of them runs.
spawn_time(Count) ->
    Self = self(),
    Begin = now_us(),
    Pids = [spawn(fun() -> idle() end) || _ <- lists:seq(2, Count)],
    Last = spawn(fun() -> Self ! running, idle() end),
    receive running -> ok end,
    Time = now_us() - Begin,
    [exit(Pid, kill) || Pid <- [Last | Pids]],
    timer:sleep(300),
    Time / Count.

idle_bytes(Start, Count) ->
    Before = erlang:memory(processes),
    Pids = [spawn(Start) || _ <- lists:seq(1, Count)],
    timer:sleep(300),
    Bytes = (erlang:memory(processes) - Before) / Count,
    [exit(Pid, kill) || Pid <- Pids],
    timer:sleep(300),
    Bytes.

%% Microseconds a selective receive that has to pass over Count messages that do not match.
selective(Count, Times) ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
        [self() ! {noise, N} || N <- lists:seq(1, Count)],
        [begin self() ! {wanted, N}, receive {wanted, N} -> ok end end || N <- lists:seq(1, 3)],
        Begin = now_us(),
        [begin self() ! {wanted, N}, receive {wanted, N} -> ok end end || N <- lists:seq(1, Times)],
        Self ! {self(), (now_us() - Begin) / Times}
    end),
    receive {Pid, Time} -> receive {'DOWN', Ref, _, _, _} -> Time end end.

many(Count) ->
    Before = erlang:memory(processes),
    Begin = now_us(),
    Self = self(),
    [spawn(fun() -> idle() end) || _ <- lists:seq(2, Count)],
    spawn(fun() -> Self ! running, idle() end),
    receive running -> ok end,
    Seconds = (now_us() - Begin) / 1.0e6,
    {(erlang:memory(processes) - Before) / Count, Seconds}.

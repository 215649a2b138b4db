%% The oracle of the differential test: runs programs on real Erlang and prints what happened.
%%
%% Reads one program a line from standard input, as an Erlang term, and prints one line for it: the observations of each step,
%% separated by tabs. The same programs are interpreted in TypeScript by interpreter.ts; both print the same notation:
%%   EXIT(who,reason)  DOWN(monitor,who,reason)  msg(n)   messages in a mailbox
%%   3=[...]  4!reason                                    slot 3 lives, with this mailbox; slot 4 is dead
-module(oracle).
-export([main/0, start_child/2, child/2, init/1]).

main() ->
    io:setopts([{encoding, latin1}]),
    loop().

loop() ->
    case io:read('') of
        eof -> halt(0);
        {ok, Program} ->
            io:put_chars([run(Program), $\n]),
            loop()
    end.

%% Each program has a controller of its own, so that nothing is left of one when the next begins.
run(Program) ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> Self ! {trace, self(), program(Program)} end),
    receive
        {trace, Pid, Trace} -> erlang:demonitor(Ref, [flush]), lists:join($\t, Trace);
        {'DOWN', Ref, process, Pid, Reason} -> io_lib:format("oracle failed: ~0p", [Reason])
    end.

program({actors, Roots, Steps}) -> actors(Roots, Steps);
program({supervisor, Flags, Children, Steps}) -> supervised(Flags, Children, Steps).

%% ---- Actors: processes that do what they are told and leave their messages where they are ----

%% slots: slot -> pid; dead: slot -> reason; names of pids, monitors and aliases for the notation.
-record(world, {slots = #{}, dead = #{}, monitors = #{}, aliases = #{}}).

actors(Roots, Steps) ->
    World = lists:foldl(fun(Slot, W) -> adopt(Slot, new_actor(), W) end, #world{}, lists:seq(0, Roots - 1)),
    {Lines, Last} = lists:mapfoldl(fun actor_step/2, World, Steps),
    [exit(Pid, kill) || Pid <- maps:values(Last#world.slots)],
    [unregister(Name) || Name <- [a, b, c], whereis(Name) =/= undefined],
    Lines.

new_actor() ->
    Controller = self(),
    spawn(fun() -> actor(Controller) end).

actor(Controller) ->
    receive
        {command, Id, Command} ->
            Controller ! {done, Id, catch_badarg(Command, Controller)},
            actor(Controller)
    end.

catch_badarg(Command, Controller) ->
    try act(Command, Controller)
    catch error:Reason when Reason =:= badarg; Reason =:= noproc -> Reason
    end.

act(ping, _) -> pong;
act({spawn, plain}, C) -> {pid, spawn(fun() -> actor(C) end)};
act({spawn, link}, C) -> {pid, spawn_link(fun() -> actor(C) end)};
act({spawn, monitor}, C) -> {Pid, Ref} = spawn_monitor(fun() -> actor(C) end), {pid, Pid, Ref};
act({link, Pid}, _) -> link(Pid);
act({unlink, Pid}, _) -> unlink(Pid);
act({monitor, Target}, _) -> {ref, erlang:monitor(process, Target)};
act({demonitor, Ref, flush}, _) -> erlang:demonitor(Ref, [flush, info]);
act({demonitor, Ref, keep}, _) -> erlang:demonitor(Ref, [info]);
act({exit, Reason}, _) -> exit(Reason);
act({error, Reason}, _) -> erlang:raise(error, {deliberate, Reason}, []);
act({throw, Reason}, _) -> throw(Reason);
act({exit_signal, Pid, Reason}, _) -> exit(Pid, Reason);
act({trap, On}, _) -> process_flag(trap_exit, On);
act({send, Target, N}, _) -> Target ! {msg, N}, sent;
act({register, Name, Pid}, _) -> register(Name, Pid);
act({unregister, Name}, _) -> unregister(Name);
act({alias, explicit}, _) -> {alias, alias()};
act({alias, once}, _) -> {alias, alias([reply])};
act({unalias, Alias}, _) -> unalias(Alias);
act({take, N}, _) -> receive {msg, N} -> taken after 0 -> absent end;
act(drain, _) -> drained(drain());
act({burst, Commands}, C) -> [act(Command, C) || Command <- Commands], burst.

drained(Count) -> {drained, Count}.

drain() ->
    receive
        {command, _, _} = Command -> self() ! Command, 0;
        _ -> 1 + drain()
    after 0 -> 0
    end.

adopt(Slot, Pid, World) ->
    erlang:monitor(process, Pid),
    World#world{slots = (World#world.slots)#{Slot => Pid}}.

actor_step({Slot, Command}, World) ->
    case {maps:find(Slot, World#world.slots), resolve(Command, World)} of
        {{ok, Pid}, {ok, Resolved}} when not is_map_key(Slot, World#world.dead) ->
            Id = make_ref(),
            Pid ! {command, Id, Resolved},
            {Result, World1} = await(Id, Pid, World),
            {Shown, World2} = note(Command, Result, World1),
            World3 = settle(World2, 3),
            {[Shown, " ", picture(World3)], World3};
        _ ->
            {"skipped", World}
    end.

%% Slots, monitors and aliases of the program become pids and references; false when one never came to be.
resolve({spawn, How, _}, _) -> {ok, {spawn, How}};
resolve({spawn, How, _, _}, _) -> {ok, {spawn, How}};
resolve({link, S}, W) -> with_pid(S, W, fun(P) -> {link, P} end);
resolve({unlink, S}, W) -> with_pid(S, W, fun(P) -> {unlink, P} end);
resolve({monitor, _, Name}, _) when is_atom(Name) -> {ok, {monitor, Name}};
resolve({monitor, _, S}, W) -> with_pid(S, W, fun(P) -> {monitor, P} end);
resolve({demonitor, M, Flush}, W) -> with(M, W#world.monitors, fun(R) -> {demonitor, R, Flush} end);
resolve({exit_signal, S, Reason}, W) -> with_pid(S, W, fun(P) -> {exit_signal, P, Reason} end);
resolve({send, Name, N}, _) when is_atom(Name) -> {ok, {send, Name, N}};
resolve({send, S, N}, W) -> with_pid(S, W, fun(P) -> {send, P, N} end);
resolve({send_alias, A, N}, W) -> with(A, W#world.aliases, fun(R) -> {send, R, N} end);
resolve({register, Name, S}, W) -> with_pid(S, W, fun(P) -> {register, Name, P} end);
resolve({alias, _, How}, _) -> {ok, {alias, How}};
resolve({unalias, A}, W) -> with(A, W#world.aliases, fun(R) -> {unalias, R} end);
resolve({burst, Commands}, W) ->
    Resolved = [resolve(Command, W) || Command <- Commands],
    case lists:all(fun(R) -> R =/= false end, Resolved) of
        true -> {ok, {burst, [R || {ok, R} <- Resolved]}};
        false -> false
    end;
resolve(Command, _) -> {ok, Command}.

with_pid(Slot, World, F) -> with(Slot, World#world.slots, F).
with(Key, Map, F) ->
    case Map of
        #{Key := Value} -> {ok, F(Value)};
        _ -> false
    end.

await(Id, Pid, World) ->
    receive
        {done, Id, Result} -> {Result, World};
        {'DOWN', _, process, Pid, Reason} -> {died, buried(Pid, Reason, World)}
    end.

buried(Pid, Reason, World) ->
    Slot = slot_of(Pid, World),
    World#world{dead = (World#world.dead)#{Slot => Reason}}.

note({spawn, _, Slot}, {pid, Pid}, World) -> {"spawned", adopt(Slot, Pid, World)};
note({spawn, _, Slot, M}, {pid, Pid, Ref}, World) -> {"spawned", adopt(Slot, Pid, monitored(M, Ref, World))};
note({monitor, M, _}, {ref, Ref}, World) -> {"monitored", monitored(M, Ref, World)};
note({alias, A, _}, {alias, Alias}, World) -> {"aliased", World#world{aliases = (World#world.aliases)#{A => Alias}}};
note(_, {drained, Count}, World) -> {io_lib:format("drained(~p)", [Count]), World};
note(_, Result, World) -> {atom_to_list(Result), World}.

monitored(M, Ref, World) -> World#world{monitors = (World#world.monitors)#{M => Ref}}.

%% Every living actor has answered and nobody has died, this many rounds in a row: all signals have arrived.
settle(World, 0) -> World;
settle(World, Rounds) ->
    Living = [Pid || {Slot, Pid} <- maps:to_list(World#world.slots), not is_map_key(Slot, World#world.dead)],
    Asked = [begin Id = make_ref(), Pid ! {command, Id, ping}, {Id, Pid} end || Pid <- Living],
    World1 = lists:foldl(fun({Id, Pid}, W) -> element(2, await(Id, Pid, W)) end, World, Asked),
    case maps:size(World1#world.dead) =:= maps:size(World#world.dead) of
        true -> settle(World1, Rounds - 1);
        false -> settle(World1, 3)
    end.

picture(World) ->
    lists:join($ , [slot_picture(Slot, Pid, World) || {Slot, Pid} <- lists:sort(maps:to_list(World#world.slots))] ++ [names(World)]).

slot_picture(Slot, _, #world{dead = Dead}) when is_map_key(Slot, Dead) ->
    io_lib:format("~p!~s", [Slot, reason(maps:get(Slot, Dead))]);
slot_picture(Slot, Pid, World) ->
    {messages, Messages} = process_info(Pid, messages),
    io_lib:format("~p=[~s]", [Slot, lists:join($;, [message(M, World) || M <- Messages])]).

names(World) ->
    Owned = [{Name, slot_of(whereis(Name), World)} || Name <- [a, b, c], is_pid(whereis(Name))],
    lists:join($,, [io_lib:format("~p:~p", [Name, Slot]) || {Name, Slot} <- Owned]).

message({msg, N}, _) -> io_lib:format("msg(~p)", [N]);
message({'EXIT', Pid, Reason}, W) -> io_lib:format("EXIT(~p,~s)", [slot_of(Pid, W), reason(Reason)]);
message({'DOWN', Ref, process, Pid, Reason}, W) when is_pid(Pid) ->
    io_lib:format("DOWN(~p,~p,~s)", [monitor_of(Ref, W), slot_of(Pid, W), reason(Reason)]);
message({'DOWN', Ref, process, {Name, _}, Reason}, W) ->
    io_lib:format("DOWN(~p,~p,~s)", [monitor_of(Ref, W), Name, reason(Reason)]).

slot_of(Pid, #world{slots = Slots}) -> key_of(Pid, Slots).
monitor_of(Ref, #world{monitors = Monitors}) -> key_of(Ref, Monitors).
key_of(Value, Map) -> hd([Key || {Key, V} <- maps:to_list(Map), V =:= Value]).

reason({shutdown, Term}) when is_atom(Term) -> io_lib:format("shutdown(~p)", [Term]);
reason({shutdown, {failed_to_start_child, Id, Reason}}) -> io_lib:format("failed_to_start(~p,~s)", [Id, reason(Reason)]);
reason({{deliberate, Reason}, Stack}) when is_list(Stack) -> io_lib:format("error(~p)", [Reason]);
reason({{nocatch, Term}, Stack}) when is_list(Stack) -> io_lib:format("nocatch(~p)", [Term]);
reason(Atom) when is_atom(Atom) -> atom_to_list(Atom).

%% ---- A supervisor and its children ----

%% Child: {Id, Restart, Shutdown, Significant, Kind, Starts}. Kind: plain, trapping or stubborn (deaf to shutdown). Starts says how
%% each start goes: ok, ignore or fail; the last for ever.
supervised({Strategy, Intensity, AutoShutdown}, Children, Steps) ->
    process_flag(trap_exit, true),
    put(starts, ets:new(starts, [public])),
    Flags = #{strategy => Strategy, intensity => Intensity, period => 3600, auto_shutdown => AutoShutdown},
    Specs = case Strategy of
        simple_one_for_one -> [(spec(hd(Children)))#{start => {?MODULE, start_child, [context(hd(Children))]}}];
        _ -> [spec(Child) || Child <- Children]
    end,
    Started = supervisor:start_link(?MODULE, {Flags, Specs}),
    First = [started(Started), " ", quiet(Started)],
    Lines = case Started of
        {ok, Sup} ->
            Told = [[sup_step(Step, Sup, Strategy), " ", quiet(Started)] || Step <- Steps],
            exit(Sup, shutdown),
            Told ++ [["end ", quiet(Started)]];
        _ -> []
    end,
    [exit(Pid, kill) || {{id, Pid}, _} <- get()],
    [First | Lines].

init(Args) -> {ok, Args}.

context(Child) -> {Child, self(), get(starts)}.

spec({Id, Restart, Shutdown, Significant, _, _} = Child) ->
    #{id => Id, restart => Restart, shutdown => Shutdown, significant => Significant,
      start => {?MODULE, start_child, [context(Child), Id]}}.

start_child(Context, Id) -> proc_lib:start_link(?MODULE, child, [Context, Id]).

child({{_, _, _, _, Kind, Starts}, Log, Table}, Id) ->
    process_flag(trap_exit, Kind =/= plain),
    N = ets:update_counter(Table, Id, 1, {Id, 0}),
    Outcome = lists:nth(min(N, length(Starts)), Starts),
    Log ! {started, Outcome, Id, self()},
    [Parent | _] = get('$ancestors'),
    case Outcome of
        ok -> proc_lib:init_ack({ok, self()}), worker(Parent, Kind, Log, Id);
        ignore -> proc_lib:init_ack(ignore);
        fail -> proc_lib:init_ack({error, refused}), unlink(Parent), exit(refused)
    end.

worker(Parent, Kind, Log, Id) ->
    receive
        {stop, Reason} -> exit(Reason);
        unlink -> unlink(Parent), Log ! unlinked, worker(Parent, Kind, Log, Id);
        {'EXIT', Parent, Reason} when Kind =:= trapping -> Log ! {stopping, Id, Reason}, exit(Reason);
        _ -> worker(Parent, Kind, Log, Id)
    end.

started({ok, _}) -> "started";
started({error, Reason}) -> io_lib:format("not_started(~s)", [reason(Reason)]).

%% What the children did until the supervisor has answered three times without anything having happened.
quiet(Started) -> quiet(Started, 3, [], nothing).

quiet(Started, Rounds, Seen, Before) ->
    erlang:yield(),
    Now = lists:flatten(children(Started)),
    case {logged(), Rounds} of
        {[], 0} when Now =:= Before -> [lists:join($,, Seen), " ", Now];
        {[], _} when Now =:= Before -> quiet(Started, Rounds - 1, Seen, Now);
        {Events, _} -> quiet(Started, 3, Seen ++ Events, Now)
    end.

logged() ->
    receive
        {started, Outcome, Id, Pid} ->
            put({id, Pid}, Id),
            put({pid, Id}, Pid),
            %% What will not run has said so and is about to end; wait for that, or it may be seen alive.
            gone(Pid, fun() -> ok end, Outcome =/= ok),
            [io_lib:format("start(~p,~p)", [Id, Outcome]) | logged()];
        {stopping, Id, Reason} -> [io_lib:format("stop(~p,~s)", [Id, reason(Reason)]) | logged()];
        {'EXIT', _, Reason} -> [io_lib:format("supervisor(~s)", [reason(Reason)]) | logged()]
    after 0 -> []
    end.

children({ok, Sup}) ->
    case catch supervisor:which_children(Sup) of
        {'EXIT', _} -> "dead";
        Children ->
            Shown = [shown_child(C) || C <- Children],
            Ordered = case Children of [{undefined, _, _, _} | _] -> lists:sort(Shown); _ -> Shown end,
            ["[", lists:join($,, Ordered), "]"]
    end;
children(_) -> "dead".

shown_child({undefined, Pid, _, _}) when is_pid(Pid) -> lists:flatten(io_lib:format("~p:running", [id_of(Pid)]));
shown_child({undefined, State, _, _}) -> lists:flatten(io_lib:format("~p", [State]));
shown_child({Id, Pid, _, _}) when is_pid(Pid) -> io_lib:format("~p:running", [Id]);
shown_child({Id, State, _, _}) -> io_lib:format("~p:~p", [Id, State]).

%% A child is known once its message was read; the supervisor may answer for it before that.
id_of(Pid) ->
    case get({id, Pid}) of
        undefined -> unknown;
        Id -> Id
    end.

sup_step({kill, Id, Reason}, _, _) ->
    with_child(Id, fun(Pid) ->
        Lethal = Reason =:= kill orelse (Reason =/= normal andalso not traps(Pid)),
        gone(Pid, fun() -> exit(Pid, Reason) end, Lethal),
        killed
    end);
sup_step({stop, Id, Reason}, _, _) -> with_child(Id, fun(Pid) -> gone(Pid, fun() -> Pid ! {stop, Reason} end, true), told end);
sup_step({unlink, Id}, _, _) ->
    with_child(Id, fun(Pid) ->
        Ref = erlang:monitor(process, Pid),
        Pid ! unlink,
        receive unlinked -> ok; {'DOWN', Ref, _, _, _} -> ok end,
        erlang:demonitor(Ref, [flush]),
        unlinked
    end);
sup_step({terminate, Id}, Sup, simple_one_for_one) ->
    with_child(Id, fun(Pid) -> answer(catch supervisor:terminate_child(Sup, Pid)) end);
sup_step({terminate, Id}, Sup, _) -> answer(catch supervisor:terminate_child(Sup, Id));
sup_step({restart, Id}, Sup, _) -> answer(catch supervisor:restart_child(Sup, Id));
sup_step({delete, Id}, Sup, _) -> answer(catch supervisor:delete_child(Sup, Id));
sup_step({start, Child}, Sup, simple_one_for_one) -> answer(catch supervisor:start_child(Sup, [element(1, Child)]));
sup_step({start, Child}, Sup, _) -> answer(catch supervisor:start_child(Sup, spec(Child)));
sup_step(count, Sup, _) ->
    case catch supervisor:count_children(Sup) of
        {'EXIT', _} -> "dead";
        Counts -> io_lib:format("count(~p)", [[proplists:get_value(K, Counts) || K <- [specs, active, supervisors, workers]]])
    end.

traps(Pid) -> process_info(Pid, trap_exit) =:= {trap_exit, true}.

%% Do it and, if it ends the process, wait for that end.
gone(Pid, F, false) -> F(), Pid;
gone(Pid, F, true) ->
    Ref = erlang:monitor(process, Pid),
    F(),
    receive {'DOWN', Ref, _, _, _} -> ok end.

with_child(Id, F) ->
    case get({pid, Id}) of
        undefined -> "skipped";
        Pid -> shown_answer(F(Pid))
    end.

shown_answer(Text) when is_list(Text) -> Text;
shown_answer(Atom) -> atom_to_list(Atom).

answer({'EXIT', _}) -> "dead";
answer(ok) -> "ok";
answer({ok, undefined}) -> "ok(undefined)";
answer({ok, _}) -> "ok(pid)";
answer({error, {already_started, _}}) -> "already_started";
answer({error, {refused, _}}) -> "error(refused)";
answer({error, {invalid_significant, _}}) -> "invalid";
answer({error, {bad_combination, _}}) -> "invalid";
answer({error, Reason}) when is_atom(Reason) -> io_lib:format("error(~p)", [Reason]);
answer({error, _}) -> "invalid".

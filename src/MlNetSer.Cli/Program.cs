using MlNetSer.Cli;

if (Decoding.IsWorker(args)) return Decoding.Work();
Decoding.MoveOut();
return Tool.Run(args, Screen.OfProcess());

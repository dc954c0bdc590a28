using MlNetSer.Cli;

return Tool.Run(args, Screen.OfProcess());
